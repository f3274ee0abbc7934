hone run --quiet --name train-7k2q --maximize accuracy -p lr=uniform:0..1 -n 20 -- echo accuracy={lr}
